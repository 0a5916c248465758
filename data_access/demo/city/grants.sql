-- The dashboard's account reads all tables of the contract, but no applicant's name, papers, phone, address.
GRANT USAGE ON SCHEMA onestop TO onestop_reader;
GRANT SELECT ON onestop.don_vi, onestop.thu_tuc, onestop.cung_cap, onestop.can_bo, onestop.buoc_xu_ly,
  onestop.tam_dung, onestop.thay_doi_han, onestop.danh_gia, onestop.kiem_tra_ket_noi, onestop.chi_so,
  onestop.trang_thai_mo_phong TO onestop_reader;
GRANT SELECT (id_ho_so, ma_ho_so, ma_tthc, don_vi_tiep_nhan, don_vi_xu_ly, xa_vu_viec, kenh, trang_thai,
  ngay_nop, ngay_tiep_nhan, hen_tra, hen_tra_goc, ngay_ket_thuc, ngay_tra, so_lan_bo_sung, so_lan_xin_loi,
  ly_do_tre, phi_phai_nop, nop_phi_truc_tuyen, so_hoa_thanh_phan, so_hoa_ket_qua, ky_so, tu_nop,
  xac_thuc_dien_tu, diem_danh_gia, da_xoa, cap_nhat) ON onestop.ho_so TO onestop_reader;
