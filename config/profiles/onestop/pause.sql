SELECT id_ho_so AS dossier_id,
       tu_luc AS from_at,
       den_luc AS to_at,
       CASE ly_do WHEN 'bo_sung' THEN 'supplement' WHEN 'nghia_vu_tai_chinh' THEN 'fee' ELSE 'stopped' END AS reason
  FROM onestop.tam_dung
